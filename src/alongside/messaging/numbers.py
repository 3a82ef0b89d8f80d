"""Phone numbers: read as people and gateways write them, kept only as keyed digests."""

from __future__ import annotations

import phonenumbers

from alongside.messaging.sealing import keyed_digest

REGIONS = frozenset(phonenumbers.SUPPORTED_REGIONS)
_LONGEST = 40


def international(written: str, *, region: str) -> str | None:
    """The number in E.164 (+15552013344), or None if it can't be one. `region` is for numbers without a country."""
    try:
        number = phonenumbers.parse(written[:_LONGEST], region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def number_digest(written: str, *, region: str, program_id: int) -> bytes:
    """The same for every way of writing one number. A sender that is no number, like a name, has a digest too."""
    return keyed_digest("number", international(written, region=region) or written.strip(), program_id=program_id)
