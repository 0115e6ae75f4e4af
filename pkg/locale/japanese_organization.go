package locale

var japaneseOrganization = OrganizationWords{
	NotWatchedOne:       "{total} アカウント中 1 アカウントが監視されていません。",
	NotWatched:          "{total} アカウント中 {n} アカウントが監視されていません。",
	NotWatchedInARegion: "{total} アカウント中 {n} アカウントが、少なくとも 1 つのリージョンで監視されていません。",
	AllWatched:          "{total} アカウントすべてが監視されています。",

	Heading:      "監視対象外",
	Caption:      "GuardDuty が監視していない対象",
	What:         "不足している設定",
	Account:      "アカウント",
	Regions:      "リージョン",
	Several:      "{n} リージョン ({regions} など)",
	Others:       "その他 {n} アカウント",
	EveryAccount: "すべて",
	NewAccounts:  "自動有効化",
	WithDetail:   "{gap}: {detail}",

	NotMember:       "GuardDuty のメンバーではない",
	NotEnabled:      "メンバーが有効ではない",
	Suspended:       "GuardDuty が停止中",
	MonitoringOff:   "ランタイムモニタリングが無効",
	Unknown:         "設定を読み取れない",
	AgentsUnmanaged: "エージェントの自動管理が無効",
	NoAdministrator: "委任された管理者がいない",
	GuardDutyOff:    "GuardDuty が無効",
	MembersDenied:   "メンバーを読み取れない (アクセス拒否)",
	MembersFailed:   "メンバーを読み取れない",
	RegionsUnknown:  "有効なリージョンを読み取れない",
	NotAutoEnabled:  "自動有効化が ALL ではない",
	NotReported:     "有効だがレポートの対象外",

	AccountsStep: "委任された管理者の GuardDuty コンソールの「アカウント」で、これらのアカウントの GuardDuty、ランタイムモニタリング、" +
		"エージェントを有効にしてください。",
	AutoEnableStep: "同じ画面で、GuardDuty、ランタイムモニタリング、エージェントの自動有効化をすべてのアカウントに設定してください。" +
		"`NEW` では、以前に参加したアカウントや、後からリージョンを有効にしたアカウントが対象になりません。",
	RegionsStep: "これらのリージョンで GuardDuty を有効にし、ほかのリージョンと同じ委任された管理者を指定してください。",
	AccessStep: "レポートを作成するロールと組織のポリシーで `guardduty:ListMembers`、`guardduty:GetMemberDetectors`、" +
		"`guardduty:DescribeOrganizationConfiguration`、`guardduty:GetOrganizationStatistics`、`ec2:DescribeRegions` を許可してください。",
	ReportStep: "レポートの対象外のリージョンを `ReportRegions` に追加するか、`all` を設定してください。",
	Page:       "AWS Organizations による GuardDuty アカウントの管理",
}
