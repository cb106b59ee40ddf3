"""The control plane: requests are judged where the cloud takes them.

`admission` is the WSGI filter of the services, `policy` the rule check of oslo.policy
and the answer to its HTTP check. Both judge by the same library and rules as every
other surface; what a request places becomes a `Stack` in the words of the Terraform
provider, so one provider profile serves both.
"""
