"""Where strangers are: between the sockets and the application, before anybody knows whose request it is."""
