"""Staff: people who sign in. Participants never have an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from alongside.accounts.pins import hashed, matches


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A staff member or peer. No e-mail address, phone number or picture is asked for."""

    username = models.CharField(_("user name"), max_length=60, unique=True)
    name = models.CharField(_("name shown to colleagues"), max_length=80)
    pin = models.CharField(max_length=128, blank=True)
    wrong_pins = models.PositiveSmallIntegerField(default=0)
    """In a row. At `pins.MOST_WRONG` the PIN stops working until the next sign-in with a password."""
    start_password_until = models.DateTimeField(null=True, blank=True)
    """Set while the password is one that an administrator handed over: it has to be replaced at the first sign-in."""
    is_active = models.BooleanField(default=True)
    language = models.CharField(max_length=8, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("username"), name="username_once")]

    def __str__(self) -> str:
        return self.name or self.username

    def set_pin(self, pin: str) -> None:
        self.pin, self.wrong_pins = hashed(pin), 0

    def has_pin(self, pin: str) -> bool:
        return matches(pin, self.pin)
