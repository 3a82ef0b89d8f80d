"""Addresses of sign-in. Those pages of allauth that are about e-mail, phones and signing up have none."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path
from django.views.generic import TemplateView

from alongside.accounts.doors import needs, open_to_all

own = needs("own.sign_in")
forgotten = TemplateView.as_view(template_name="account/password_reset.html")
run_out = TemplateView.as_view(template_name="account/start_password_over.html")

urlpatterns = [
    path("", open_to_all(account.login), name="account_login"),
    path("out/", open_to_all(account.logout), name="account_logout"),
    path("switched-off/", open_to_all(account.account_inactive), name="account_inactive"),
    path("forgotten/", open_to_all(forgotten), name="account_reset_password"),
    path("start-password-over/", open_to_all(run_out), name="account_start_password_over"),
    path("again/", own(account.reauthenticate), name="account_reauthenticate"),
    path("password/", own(account.password_change), name="account_change_password"),
    path("second-step/", open_to_all(second_step.authenticate), name="mfa_authenticate"),
    path("second-step/again/", own(second_step.reauthenticate), name="mfa_reauthenticate"),
    path("yours/", own(second_step.index), name="mfa_index"),
    path("app/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("app/stop/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery/", own(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery/new/", own(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("recovery/file/", own(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("passkey/", open_to_all(passkeys.login_webauthn), name="mfa_login_webauthn"),
    path("passkeys/", own(passkeys.list_webauthn), name="mfa_list_webauthn"),
    path("passkeys/add/", own(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path("passkeys/again/", own(passkeys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/remove/", own(passkeys.remove_webauthn), name="mfa_remove_webauthn"),
    path("passkeys/<int:pk>/edit/", own(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
]
