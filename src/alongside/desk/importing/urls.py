from django.urls import path

from alongside.desk.importing import views

urlpatterns = [
    path("", views.imports, name="imports"),
    path("template/", views.template, name="import_template"),
    path("mappings/<int:pk>/forget/", views.forget_mapping, name="import_forget_mapping"),
    path("<uuid:pk>/", views.one_import, name="import"),
    path("<uuid:pk>/columns/", views.columns, name="import_columns"),
    path("<uuid:pk>/check/", views.check, name="import_check"),
    path("<uuid:pk>/run/", views.run, name="import_run"),
    path("<uuid:pk>/undo/", views.undo, name="import_undo"),
    path("<uuid:pk>/bring-back/", views.bring_back, name="import_bring_back"),
    path("<uuid:pk>/discard/", views.discard, name="import_discard"),
    path("<uuid:pk>/faults/", views.faults, name="import_faults"),
]
