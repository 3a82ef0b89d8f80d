from django.urls import path

from alongside.desk.stock import catalogue, looking, moving, ordering

urlpatterns = [
    path("", looking.stock, name="stock"),
    path("items/<int:pk>/", looking.item, name="stock_item"),
    path("items/<int:pk>/change/", moving.change, name="stock_change"),
    path("lots/<int:pk>/", moving.lot, name="stock_lot"),
    path("receive/", moving.receive, name="stock_receive"),
    path("transfer/", moving.transfer, name="stock_transfer"),
    path("count/", moving.count, name="stock_count"),
    path("order/", ordering.order, name="stock_order"),
    path("order/<str:kind>/", ordering.download, name="stock_order_file"),
    path("forecast/", ordering.forecast_now, name="stock_forecast"),
    path("expiring/", looking.expiring, name="stock_expiring"),
    path("recall/", looking.recall, name="stock_recall"),
    path("catalogue/", catalogue.catalogue, name="stock_catalogue"),
    path("catalogue/add/", catalogue.add, name="stock_item_add"),
    path("catalogue/<int:pk>/", catalogue.edit, name="stock_item_edit"),
    path("catalogue/<int:pk>/parts/", catalogue.parts, name="stock_kit"),
    path("bags/add/", catalogue.add_bag, name="stock_bag_add"),
    path("bags/<int:pk>/", catalogue.edit_bag, name="stock_bag"),
]
