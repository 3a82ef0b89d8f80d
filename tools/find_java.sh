#!/bin/sh
# Print where Java 17 or newer is, which Spark runs on; or say on the error output that there is none.
for java in "${JAVA_HOME:+$JAVA_HOME/bin/java}" java; do
    if [ -n "$java" ] && found=$(command -v "$java"); then
        version=$("$found" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p')
        if [ "${version:-0}" -ge 17 ]; then
            echo "$found"
            exit 0
        fi
    fi
done
echo "No Java 17 or newer here, which Apache Spark needs. Install one (Debian: default-jre-headless), or set JAVA_HOME." >&2
exit 1
