"""Tests of facts about the installation."""
