"""The pictures in the README: painted landscapes on the real site, photographed by a real browser."""
