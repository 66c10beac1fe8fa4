-- What the version of November 2026 left in PostgreSQL: two users with the password `analytical`, of whom Bob is
-- disabled, and a session of each. Made by that version, dumped by `pg_dump --inserts`.
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.sessions (
    id uuid NOT NULL,
    user_id uuid NOT NULL,
    refresh_id character varying(36) NOT NULL,
    expires_at bigint NOT NULL,
    revoked boolean NOT NULL,
    sa_orm_sentinel integer
);
CREATE TABLE public.users (
    id uuid NOT NULL,
    email character varying(320) NOT NULL,
    email_key character varying(640) NOT NULL,
    name character varying(200) NOT NULL,
    password_hash character varying(200) NOT NULL,
    active boolean NOT NULL,
    sa_orm_sentinel integer
);
INSERT INTO public.alembic_version VALUES ('0002');
INSERT INTO public.sessions VALUES ('39b8e23c-5837-48d5-9940-e9912333a5bd', '4cb67f11-8964-4009-ac46-086c9be6dc10', '83d42a68-857e-47ee-8f91-cd7369c28dab', 1796863590, false, NULL);
INSERT INTO public.sessions VALUES ('93495640-acd1-458a-a33a-5f664f89482a', '339048ec-3a79-4b2d-8832-011752c90730', 'eeeb7d29-e62e-4af4-b0a9-9fc267e6b946', 1796863590, false, NULL);
INSERT INTO public.users VALUES ('4cb67f11-8964-4009-ac46-086c9be6dc10', 'Ada@Example.com', 'ada@example.com', 'Ada', '$argon2id$v=19$m=7168,t=5,p=1$ktoPnbAohgVpFXwMn1pTpw$jfpqVob09qqcGgj+Wv6OI+f25zXlLj1PLWLkmBFcy+s', true, NULL);
INSERT INTO public.users VALUES ('339048ec-3a79-4b2d-8832-011752c90730', 'bob@example.com', 'bob@example.com', '', '$argon2id$v=19$m=7168,t=5,p=1$inHGvrNKGvY5o/JI4sYM0Q$K5RZF7rPagoIXvBfuI8Ig9est6JyFvWBSEbiKj+Rm+s', false, NULL);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT pk_sessions PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT pk_users PRIMARY KEY (id);
ALTER TABLE ONLY public.users
    ADD CONSTRAINT uq_users_email_key UNIQUE (email_key);
CREATE INDEX ix_sessions_user_id ON public.sessions USING btree (user_id);
ALTER TABLE ONLY public.sessions
    ADD CONSTRAINT fk_sessions_user_id_users FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;
