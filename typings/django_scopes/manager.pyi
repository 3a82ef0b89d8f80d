from typing import Any, NoReturn

from django.db import models

class DisabledQuerySet(models.QuerySet[Any]):
    def __init__(self, model: Any = ..., *, using: Any = ..., missing_scopes: set[str] = ...) -> None: ...
    def error(self, *args: Any, **kwargs: Any) -> NoReturn: ...
