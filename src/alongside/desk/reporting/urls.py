from django.urls import path

from alongside.desk.reporting import coverage, funders, views

urlpatterns = [
    path("", views.reports, name="reports"),
    path("chart.svg", views.chart, name="reports_chart"),
    path("file/<str:kind>/", views.download, name="reports_file"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/estimate/", coverage.estimate, name="coverage_estimate"),
    path("funders/", funders.funder_reports, name="funder_reports"),
    path("funders/<slug:name>/", funders.funder_report, name="funder_report"),
    path("funders/<slug:name>/<str:kind>/", funders.funder_file, name="funder_file"),
]
