-- console.sql of the stand-in for Momentum: the vendor's schema is not documented.
CREATE SCHEMA console AUTHORIZATION ecuser;
CREATE SCHEMA webconsole AUTHORIZATION ecuser;
CREATE TABLE webconsole.users (username text PRIMARY KEY, password text NOT NULL);
ALTER TABLE webconsole.users OWNER TO ecuser;
