-- The CSV files as they are, into tables of text; rowid is the row's number in its file.
.bail on
pragma synchronous = off;
pragma journal_mode = off;
.mode csv
.import sales.csv sales_csv
.import products.csv products_csv
.import opening_stock.csv opening_csv
