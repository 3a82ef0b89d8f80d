from django.urls import path

from alongside.desk.reporting import views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("chart.svg", views.chart, name="reports_chart"),
    path("file/<str:kind>/", views.download, name="reports_file"),
]
