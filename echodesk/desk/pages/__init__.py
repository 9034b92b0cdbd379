"""The pages of the window. Each is a widget that knows the gateway; what a page shows comes as events."""
