-- What the version of November 2026 left in SQLite: two users with the password `analytical`, of whom Bob is
-- disabled, and a session of each. Made by that version, dumped by Python's `iterdump`.
BEGIN TRANSACTION;
CREATE TABLE alembic_version (
    version_num VARCHAR(32) NOT NULL,
    CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0002');
CREATE TABLE sessions (
    id BINARY(16) NOT NULL,
    user_id BINARY(16) NOT NULL,
    refresh_id VARCHAR(36) NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked BOOLEAN NOT NULL,
    sa_orm_sentinel INTEGER,
    CONSTRAINT pk_sessions PRIMARY KEY (id),
    CONSTRAINT fk_sessions_user_id_users FOREIGN KEY(user_id) REFERENCES users (id) ON DELETE CASCADE
);
INSERT INTO "sessions" VALUES(X'39B8E23C583748D59940E9912333A5BD',X'4CB67F1189644009AC46086C9BE6DC10','83d42a68-857e-47ee-8f91-cd7369c28dab',1796863586,0,NULL);
INSERT INTO "sessions" VALUES(X'93495640ACD1458AA33A5F664F89482A',X'339048EC3A794B2D8832011752C90730','eeeb7d29-e62e-4af4-b0a9-9fc267e6b946',1796863586,0,NULL);
CREATE TABLE users (
    id BINARY(16) NOT NULL,
    email VARCHAR(320) NOT NULL,
    email_key VARCHAR(640) NOT NULL,
    name VARCHAR(200) NOT NULL,
    password_hash VARCHAR(200) NOT NULL,
    active BOOLEAN NOT NULL,
    sa_orm_sentinel INTEGER,
    CONSTRAINT pk_users PRIMARY KEY (id),
    CONSTRAINT uq_users_email_key UNIQUE (email_key)
);
INSERT INTO "users" VALUES(X'4CB67F1189644009AC46086C9BE6DC10','Ada@Example.com','ada@example.com','Ada','$argon2id$v=19$m=7168,t=5,p=1$cB8tseHHZ3Cfk3yzYdyayg$Eg8mzw+1yq/6IEmGfg+zmkfXJvyTSmWvFwR7q7rZ5/s',1,NULL);
INSERT INTO "users" VALUES(X'339048EC3A794B2D8832011752C90730','bob@example.com','bob@example.com','','$argon2id$v=19$m=7168,t=5,p=1$qbZ9EgNKUtg4TN4zO8X2ng$Eq9k6kEvRZ4CfHP/aDvMje525jAFxOPMNQbgBrkqyE0',0,NULL);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
COMMIT;
