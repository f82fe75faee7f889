"""Pages of one's own account: those of allauth that are open here, and no others.

Sign-up is served closed. E-mail addresses are the operator's to set: a stolen session
must not be able to point a password reset elsewhere.
"""

from allauth.account import views
from django.urls import include, path, re_path

from accounts.views import kept_form, kept_forms

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/set/", views.password_set, name="account_set_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        views.password_reset_done,
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("kept/", kept_forms, name="kept_forms"),
    path("kept/<uuid:key>/", kept_form, name="kept_form"),
    path("2fa/", include("allauth.mfa.urls")),
]
