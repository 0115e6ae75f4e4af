# The stack of a release. CloudFormation checks what the settings say together (the template's Rules).
terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.0"
    }
  }
}

resource "aws_cloudformation_stack" "notifier" {
  name         = var.name
  template_url = var.template_url
  capabilities = ["CAPABILITY_IAM"]
  tags         = var.tags
  parameters = { for name, value in merge(local.parameters, {
    CodeBucketPrefix = var.code_bucket_prefix
    CodePrefix       = var.code_prefix
  }) : name => tostring(value) if value != null }
}

output "outputs" {
  description = "The outputs of the stack."
  value       = aws_cloudformation_stack.notifier.outputs
}
