"""Every address of the project."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

from networks.views.accounts.setup import set_up
from networks.views.probes import show_alive, show_ready, show_security_contact

# The admin site's own login form knows neither allauth's limits nor its log-in page: it let a locked-out password in.
admin.autodiscover()
admin.site.site_url = f"{settings.NETADMIN_PREFIX}/"
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

handler400 = "networks.views.denied.bad_request"
handler500 = "networks.views.denied.show_fault"

urlpatterns = [
    path("healthz", show_alive, name="healthz"),
    path("readyz", show_ready, name="readyz"),
    # The admin site names none.
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}img/favicon-live.svg"), name="favicon"),
    path(".well-known/security.txt", show_security_contact, name="security_txt"),
    path("setup/", set_up, name="setup"),
    path("i18n/setlang/", set_language, name="set_language"),
    path("admin/", admin.site.urls),
    # Before allauth's: two of its pages are others for those who sign on.
    *([path("accounts/", include("networks.views.accounts.sign_on"))] if settings.NETADMIN_SIGN_ON else []),
    path("accounts/", include("allauth.urls")),
    path("", include("networks.urls")),
]
