-- Each settling writes a new version of the contact's row: with room for it in the page, no index is touched.
ALTER TABLE contact_derived SET (fillfactor = 70);
