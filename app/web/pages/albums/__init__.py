"""Pages of albums: lists of albums, single albums, and forms that change them."""
