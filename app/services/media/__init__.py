"""The port of a private bucket whose photos the app sends, or signs URLs for."""
