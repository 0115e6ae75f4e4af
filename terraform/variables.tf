variable "name" {
  description = "Name of the stack."
  type        = string
  default     = "guardduty-coverage-notifier"
}

variable "template_url" {
  description = "HTTPS address in S3 of the release's template.yaml, as make publish uploads it."
  type        = string
  validation {
    condition     = startswith(var.template_url, "https://")
    error_message = "template_url must begin with https://."
  }
}

variable "code_bucket_prefix" {
  description = "The code is in the bucket of this name, a dash and the Region."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,45}[a-z0-9]$", var.code_bucket_prefix))
    error_message = "code_bucket_prefix must be the beginning of a bucket's name."
  }
}

variable "code_prefix" {
  description = "What the keys of the code begin with; null: as the release says."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack and its resources."
  type        = map(string)
  default     = {}
}

variable "slack_secret" {
  description = "Name or ARN of the SSM parameter, or ARN of the Secrets Manager secret, whose value is a bot token (xoxb-...) or an incoming-webhook URL. Not the value itself."
  type        = string
  default     = ""
}

variable "slack_secret_kms_key_arn" {
  description = "ARN of the customer managed KMS key that encrypts the Slack secret. Empty for the AWS managed key."
  type        = string
  default     = ""
}

variable "slack_channel" {
  description = "ID of the channel, for example C0123456789. Needed with a bot token; a webhook has its own channel."
  type        = string
  default     = ""
}

variable "slack_broadcast_recovery" {
  description = "With a bot token, recoveries are posted to the thread of the first message. \"true\" shows them in the channel, too."
  type        = string
  default     = "false"
  validation {
    condition     = contains(["false", "true"], var.slack_broadcast_recovery)
    error_message = "slack_broadcast_recovery must be one of false, true."
  }
}

variable "slack_api_url" {
  description = "Base address of the Slack Web API, for GovSlack or a proxy. Empty for Slack's own."
  type        = string
  default     = ""
}

variable "sns_topic_arn" {
  description = "ARN of the topic to publish to."
  type        = string
  default     = ""
}

variable "sns_topic_kms_key_arn" {
  description = "ARN of the customer managed KMS key that encrypts the topic. Empty when there is none."
  type        = string
  default     = ""
}

variable "sns_format" {
  description = "text: readable in e-mail and SMS, JSON for queues, functions and HTTP. json: JSON for everybody. amazon-q: for a topic that Amazon Q Developer in chat applications shows in Slack or Microsoft Teams."
  type        = string
  default     = "text"
  validation {
    condition     = contains(["text", "json", "amazon-q"], var.sns_format)
    error_message = "sns_format must be one of text, json, amazon-q."
  }
}

variable "message_language" {
  description = "Language of messages for people. en is English, ja Japanese. Machine-readable output is the same in both."
  type        = string
  default     = "en"
  validation {
    condition     = contains(["en", "ja"], var.message_language)
    error_message = "message_language must be one of en, ja."
  }
}

variable "hold_minutes" {
  description = "Problems that usually recover by themselves are reported only when they last longer than this many minutes (0 to 15)."
  type        = number
  default     = 15
  validation {
    condition     = var.hold_minutes >= 0 && var.hold_minutes <= 15
    error_message = "hold_minutes must be from 0 to 15."
  }
}

variable "storm_limit" {
  description = "Beyond this many messages a minute, further changes wait and are sent together, as groups."
  type        = number
  default     = 20
  validation {
    condition     = var.storm_limit >= 1 && var.storm_limit <= 1000
    error_message = "storm_limit must be from 1 to 1000."
  }
}

variable "gather_seconds" {
  description = "Changes that waited are gathered for this many seconds; like changes become one message."
  type        = number
  default     = 5
  validation {
    condition     = var.gather_seconds >= 1 && var.gather_seconds <= 60
    error_message = "gather_seconds must be from 1 to 60."
  }
}

variable "routes" {
  description = "Rules that say who is notified about what, as a JSON object, or the name or ARN of the SSM parameter that holds it. Empty: changes that require no action appear in the report only, all others are sent. See docs/routing.md."
  type        = string
  default     = ""
}

variable "route_secret_arns" {
  description = "ARNs of the SSM parameters and Secrets Manager secrets that the rules name as webhooks, separated by commas."
  type        = string
  default     = ""
}

variable "route_topic_arns" {
  description = "ARNs of the SNS topics that the rules name, separated by commas."
  type        = string
  default     = ""
}

variable "route_kms_key_arns" {
  description = "ARNs of the customer managed KMS keys that encrypt the parameter with the rules, their webhooks or their topics, separated by commas. Empty when there is none."
  type        = string
  default     = ""
}

variable "report_schedule" {
  description = "When the coverage report is made, as a schedule expression of EventBridge Scheduler. Empty for no report."
  type        = string
  default     = "cron(0 9 ? * MON-FRI *)"
}

variable "time_zone" {
  description = "Time zone of the report's schedule and of times in mail, SMS and chat applications, for example Europe/Berlin. Slack shows each reader's own."
  type        = string
  default     = "UTC"
}

variable "report_regions" {
  description = "Regions of the report, separated by commas; all for every Region that the account has enabled. Empty for the Region of this stack. Deployed in the account of GuardDuty's delegated administrator, the report includes the members, too."
  type        = string
  default     = ""
}

variable "report_quiet" {
  description = "When everything is covered and nothing changed, the report is one line; with \"true\" it is not sent at all."
  type        = string
  default     = "false"
  validation {
    condition     = contains(["false", "true"], var.report_quiet)
    error_message = "report_quiet must be one of false, true."
  }
}

variable "forwarded_regions" {
  description = "Other Regions in which forwarder.yaml is deployed, separated by commas. The report finds changes there that events missed. A Region that has a stack of its own is not one of them."
  type        = string
  default     = ""
}

variable "forwarding_organization_id" {
  description = "ID of the AWS organization whose accounts may forward GuardDuty's coverage events to this account and Region. Empty: only forwarders of this account reach it."
  type        = string
  default     = ""
}

variable "account_directory" {
  description = "\"names\": the report reads names and organizational units from AWS Organizations, for messages and rules; tags: the accounts' tags, too, if a rule needs them. Takes the management account or a delegated administrator's."
  type        = string
  default     = "off"
  validation {
    condition     = contains(["off", "names", "tags"], var.account_directory)
    error_message = "account_directory must be one of off, names, tags."
  }
}

variable "diagnosis" {
  description = "\"on\": before notifying, the functions read how the resource and what its coverage depends on are configured, and the message reports what they found. They get read permissions only."
  type        = string
  default     = "off"
  validation {
    condition     = contains(["off", "on"], var.diagnosis)
    error_message = "diagnosis must be one of off, on."
  }
}

variable "diagnosis_role_name" {
  description = "Name of the role that member-role.yaml creates in the other accounts of your organization. Empty when only resources of this account are checked."
  type        = string
  default     = ""
}

variable "diagnosis_external_id" {
  description = "The external ID that the role requires. Empty when it requires none."
  type        = string
  default     = ""
}

variable "alarm_email" {
  description = "E-mail address for the alarms of this stack; the stack creates a topic for it. AWS sends a link there that has to be confirmed. With neither this nor AlarmTopicArn, alarms only change their state in the console."
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "ARN of a topic of yours for the alarms, instead of AlarmEmail. It should not be the topic above."
  type        = string
  default     = ""
}

variable "report_gap_hours" {
  description = "An alarm is raised after this many hours without a report. Choose more than the longest gap of ReportSchedule; 0, which turns the alarm off, for a gap longer than a week."
  type        = number
  default     = 96
  validation {
    condition     = var.report_gap_hours >= 0 && var.report_gap_hours <= 168
    error_message = "report_gap_hours must be from 0 to 168."
  }
}

variable "log_retention_days" {
  description = "How many days the log is kept."
  type        = number
  default     = 30
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "architecture" {
  description = "arm64 costs less. make deploy builds for this processor and accepts no other here."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be one of arm64, x86_64."
  }
}

variable "kms_key_arn" {
  description = "ARN of the customer managed KMS key of this Region that encrypts queues, table, logs and the topic of AlarmEmail. Its policy needs the statements in docs/operations.md first. Empty for keys that AWS owns."
  type        = string
  default     = ""
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that every role of this stack gets as its permissions boundary. Empty for none."
  type        = string
  default     = ""
}

variable "role_path" {
  description = "Path of every role of this stack, for example /security/."
  type        = string
  default     = "/"
}

variable "reserved_concurrency" {
  description = "How many invocations at once of the account's concurrency are reserved for NotifyFunction, which is its limit, too: at least 3, because the queue uses 2. Empty for none."
  type        = string
  default     = ""
}
