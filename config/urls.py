"""All URL prefixes; each app names its own pages below them."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

import feedback.urls
import scamps.urls
from config.health import health

api_urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    *scamps.urls.api_urlpatterns,
    *feedback.urls.api_urlpatterns,
]
urlpatterns = [
    path("healthz", health, name="health"),
    path("admin/", admin.site.urls),
    path("accounts/", include("accounts.urls")),
    path("api/v1/", include((api_urlpatterns, "api"))),
    path("plans/", include("scamps.urls")),
    path("", include("carepaths.urls")),
    path("", include("feedback.urls")),
]
