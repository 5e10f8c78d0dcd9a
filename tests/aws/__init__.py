"""moto in place of AWS, with less work and the same results."""
