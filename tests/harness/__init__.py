"""What tests and benchmarks need around the code: real servers, clients, faults, a naive evaluator."""
