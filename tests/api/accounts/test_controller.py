import pytest

ADA = {"email": "ada@example.com", "password": "analytical", "name": "Ada"}
REGISTER, LOGIN = "/api/v2/auth/register", "/api/v2/auth/login"


def test_register_and_login_with_and_without_a_trailing_slash(service):
    for path, status in ((REGISTER, 201), (LOGIN, 200), (LOGIN + "/", 200)):
        found, body = service.post(path, ADA)
        assert found == status
        assert list(body) == ["user", "access_token", "refresh_token", "token_type", "expires_in"]
        assert list(body["user"]) == ["uuid", "email", "name"]
        assert (body["token_type"], body["expires_in"]) == ("bearer", 1800)
    assert service.post(REGISTER + "/", ADA) == (409, {"detail": "A user with this email exists already."})


def test_wrong_credentials(service):
    expected = 401, {"detail": "Invalid email or password."}
    service.post(REGISTER, ADA)
    assert service.post(LOGIN, {**ADA, "password": "analytical!"}) == expected
    assert service.post(LOGIN, {**ADA, "email": "eve@example.com"}) == expected


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b"{", "The body is not valid JSON"),
        (b"[" * 16_384, "The body is not valid JSON"),
        ([], "The body is not a JSON object"),
        ({}, "Missing required field: email"),
        ({"email": "ada@example.com"}, "Missing required field: password"),
        ({**ADA, "password": 12345678}, "password must be a string"),
        ({**ADA, "password": "short"}, "password must have 8 to 1024 characters"),
        ({**ADA, "name": ["Ada"]}, "name must be a string"),
        ({**ADA, "email": "ada"}, "email must be an e-mail address such as ada@example.com"),
        ({**ADA, "email": "a" * 400 + "@example.com"}, "email must have at most 320 characters"),
        ({**ADA, "email": "a\0@example.com"}, "email must not hold the character NUL"),
        ({**ADA, "email": "ada@ex\u00adample.com"}, "email must not hold U+00AD, which can't be seen"),
        ({**ADA, "name": "A\0"}, "name must not hold the character NUL"),
    ],
)
def test_what_is_wrong_with_a_body(service, body, detail):
    assert service.post(REGISTER, body) == (400, {"detail": detail})


def test_a_name_may_be_left_out(service):
    for number, name in enumerate((None, "", " ")):
        status, body = service.post(REGISTER, {**ADA, "email": f"{number}@example.com", "name": name})
        assert (status, body["user"]["name"]) == (201, "")


def test_what_is_wrong_with_a_login_or_logout(service):
    for body, detail in (
        ({**ADA, "email": "a\0@example.com"}, "email must not hold the character NUL"),
        ({**ADA, "email": ""}, "Missing required field: email"),
        ({**ADA, "password": None}, "Missing required field: password"),
    ):
        assert service.post(LOGIN, body) == (400, {"detail": detail})
    wrong = 400, {"detail": "refresh_token must be a string"}
    assert service.post("/api/v2/auth/logout", {"refresh_token": 5}, service.token) == wrong
    status, me = service.get("/api/v2/auth/me", service.token)
    assert (status, list(me), me["role"]) == (200, ["uuid", "email", "name", "role"], "user")


def test_registration_can_be_closed(serve):
    assert serve(registration="closed").post(REGISTER, ADA)[0] == 403


def test_errors_of_the_framework_have_the_same_shape(service):
    assert service.get("/nowhere") == (404, {"detail": "Not Found"})
    assert service.get(LOGIN) == (405, {"detail": "Method Not Allowed"})


def test_a_body_over_the_cap(serve):
    status, body = serve(max_message_bytes=2048).post(LOGIN, b"x" * 5000)
    assert status == 413
    assert list(body) == ["detail"]


def test_health(service, engine):
    assert service.get("/health/live") == (200, {"status": "live"})
    assert service.get("/health/ready") == (200, {"status": "ready"})
    engine.error = ValueError("secret")
    assert service.get("/health/ready")[0] == 500
    assert not engine.closed
