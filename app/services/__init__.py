"""The use cases: publish, edit, delete, restore, search. No Flask, boto3 or Pillow here."""
