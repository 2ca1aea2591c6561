-- common.sql of the stand-in for Momentum: the vendor's schema is not documented.
CREATE SCHEMA common AUTHORIZATION ecuser;
