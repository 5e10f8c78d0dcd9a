"""The web app: one blueprint for each noun."""
