"""People who can sign in, and the keys that machines hold in their name."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class UserManager(BaseUserManager["User"]):
    """Makes people, who are known by their e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person; without a password they sign in by e-mail code or passkey.

        Raises:
            ValueError: The address is empty.
        """
        if not email:
            raise ValueError("An e-mail address is needed.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make an administrator of the machine."""
        return self.create_user(email, password, is_admin=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in. What they are in the Chamber is their ``registry.Agent``."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150, blank=True)
    language = models.CharField(_("language"), max_length=5, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_admin = models.BooleanField(_("administrator of the machine"), default=False)
    is_demo = models.BooleanField(_("invented person of the demonstration"), default=False)
    joined_at = models.DateTimeField(_("joined"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        ordering = ["email"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's word for our administrators."""
        return self.is_admin

    def get_full_name(self) -> str:
        """The name a person is greeted by."""
        return self.name or self.email


class Token(models.Model):
    """A key with which a machine acts in a person's name, within scopes.

    Only a digest of the secret is kept; the secret is shown once, when the key is made. The public
    part names the key in lists and logs.
    """

    public = models.CharField(_("public part"), max_length=12, unique=True)
    digest = models.CharField(_("digest of the secret"), max_length=64)
    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="tokens", verbose_name=_("person")
    )
    label = models.CharField(_("what it is for"), max_length=120, blank=True)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    expires_at = models.DateTimeField(_("ends"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        verbose_name = _("access key")
        verbose_name_plural = _("access keys")

    def __str__(self) -> str:
        return f"{self.public} {self.label}".rstrip()

    @property
    def is_valid(self) -> bool:
        """Neither revoked nor past its end."""
        return self.revoked_at is None and (
            self.expires_at is None or self.expires_at > timezone.now()
        )
