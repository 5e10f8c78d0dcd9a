"""A party: guests behind one address add photos while others look on."""
