from django.urls import path

from alongside.desk.staff import phones, places, staff

urlpatterns = [
    path("", staff.staff, name="staff"),
    path("add/", staff.add, name="staff_add"),
    path("<int:pk>/", staff.worker, name="staff_member"),
    path("<int:pk>/password/", staff.new_password, name="staff_password"),
    path("<int:pk>/second-step/", staff.no_second_step, name="staff_second_step"),
    path("<int:pk>/off/", staff.switch_off, name="staff_off"),
    path("<int:pk>/on/", staff.switch_on, name="staff_on"),
    path("devices/", staff.devices, name="devices"),
    path("devices/<uuid:pk>/revoke/", staff.revoke, name="device_revoke"),
    path("phones/", phones.phones, name="phones"),
    path("phones/<uuid:pk>/revoke/", phones.revoke, name="phone_revoke"),
    path("sites/", places.sites, name="sites"),
    path("sites/<int:pk>/", places.site, name="site"),
    path("sites/<int:pk>/close/", places.close, name="site_close"),
    path("sites/<int:pk>/open/", places.reopen, name="site_open"),
    path("shifts/", places.shifts, name="shifts"),
    path("shifts/<int:pk>/", places.shift, name="shift"),
    path("shifts/<int:pk>/end/", places.end, name="shift_end"),
    path("program/", places.program_settings, name="program_settings"),
]
