"""Albums: the lists of them, their pages, and the forms that change them."""
