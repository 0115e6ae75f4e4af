package locale

import "sync"

// Japanese is Japanese.
func Japanese() Language { return japanese() }

// japanese is made when it is first read: nothing is when a function starts.
var japanese = sync.OnceValue(func() Language {
	return Language{
		Code: "ja", Docs: "https://docs.aws.amazon.com/ja_jp/",
		Words: &japaneseWords, Advice: japaneseAdvice(), Evidence: japaneseEvidence(), Report: &japaneseReport,
		Organization: &japaneseOrganization, Heartbeat: &japaneseHeartbeat, Inventory: &japaneseInventory,
	}
})

var japaneseWords = Words{
	EKS:       "EKS クラスター {name}",
	ECS:       "ECS クラスター {name}",
	EC2:       "EC2 インスタンス {name}",
	Other:     "{kind} リソース {name}",
	EKSMany:   "EKS クラスター {n} 個",
	ECSMany:   "ECS クラスター {n} 個",
	EC2Many:   "EC2 インスタンス {n} 台",
	OtherMany: "{kind} リソース {n} 個",
	NoName:    "(名前なし)",

	Titled:              "{name}: {cause}",
	AndMore:             "{cause}、ほか {n} 件",
	Back:                "正常に復帰",
	BackAfter:           "{duration}で正常に復帰",
	GroupBack:           "すべて正常に復帰",
	Gone:                "GuardDuty の一覧から削除済み",
	HealthyAgain:        "一覧ではすでに正常",
	CausesFound:         "原因を {n} 件特定",
	PossibleCausesFound: "考えられる原因を {n} 件検出",
	FoundOne:            "考えられる原因を検出",

	Lost:             "カバレッジ異常",
	StillLost:        "カバレッジ異常が継続",
	Restored:         "カバレッジ回復",
	NotCovered:       "カバレッジ対象外",
	Ended:            "対象のリソースなし",
	Intended:         "意図された変更",
	Since:            "{time} から",
	Until:            "{time}",
	NodesCovered:     "ノード {total} 台中 {n} 台が正常",
	InstancesCovered: "コンテナインスタンス {total} 台中 {n} 台が正常",
	StillOpen:        "{total} 件中 {n} 件が未回復",

	Sentences:        "{first}{next}",
	List:             "、",
	Impact:           "カバレッジが回復するまで、ここでのランタイムの脅威は検出されません。",
	OtherCauses:      "ほかの原因もあります ({causes})。",
	BackSummary:      "GuardDuty Runtime Monitoring のカバレッジが回復しました。",
	GroupBackSummary: "GuardDuty Runtime Monitoring のカバレッジがすべて回復しました。",
	CauseWas:         "原因は「{cause}」でした。",
	GoneSummary:      "カバーする対象はもうありません。対処は不要です。",
	NothingLeft:      "カバーする対象はもうありません。対処は不要です。",
	IntendedSummary:  "想定済みのロールのリストにあるロールが、この変更をリクエストしました。回復するまで、レポートではこのリソースを異常として数えます。",
	HealthySummary:   "GuardDuty のカバレッジ一覧では、すでに正常です。イベントが届くと、回復を通知します。",
	Members:          "対象は {names} です。",
	MembersAndMore:   "対象は {names} と、ほか {n} 件です。",
	GroupSample:      "コマンドの {name} は、各リソースの名前に置き換えてください。",
	GroupDiagnosed:   "{name} のみの診断結果:",

	Diagnosis:  "診断",
	PassedOne:  "1 件のチェックに合格",
	Passed:     "{n} 件のチェックに合格",
	UnclearOne: "判定できないチェックが 1 件",
	Unclear:    "判定できないチェックが {n} 件",

	LookedAt:      "確認日時: {time}",
	LookedBetween: "確認日時: {first} から {last} まで",

	First:          "最初の対処:",
	FoldSteps:      "残りの {n} 手順とすべての情報",
	FoldStep:       "残りの 1 手順とすべての情報",
	FoldFacts:      "すべての情報",
	NextSteps:      "次の手順",
	IssueText:      "GuardDuty が報告した問題",
	Facts:          "情報",
	FurtherReading: "参考ページ",

	Status:        "カバレッジ",
	SinceWhen:     "発生日時",
	BackSince:     "回復日時",
	Uncovered:     "異常継続時間",
	Account:       "アカウント",
	Region:        "リージョン",
	Resource:      "リソース",
	Resources:     "リソース",
	Nodes:         "正常なノード",
	Instances:     "正常なインスタンス",
	Addon:         "アドオン",
	Agent:         "エージェント",
	Management:    "エージェント管理",
	Cluster:       "所属クラスター",
	InstanceType:  "インスタンスタイプ",
	Cause:         "原因",
	Received:      "イベント受信日時",
	FoundBy:       "検出方法",
	FoundByReport: "カバレッジレポート (イベントの通知なし)",
	Covered:       "{n} / {total}",
	AutoManaged:   "GuardDuty による自動管理",
	Manual:        "手動管理",
	Disabled:      "管理なし (無効)",
	Healthy:       "正常",
	Unhealthy:     "異常",
	Time:          "2006年1月2日 15:04:05 MST",
	Clock:         "2006年1月2日 15:04 MST",
	DaysHours:     "{d} 日 {h} 時間",
	HoursMinutes:  "{h} 時間 {m} 分",
	Minutes:       "{m} 分",
	Seconds:       "{s} 秒",

	CoveragePage: "カバレッジ",
	ClusterPage:  "クラスター",
	InstancePage: "インスタンス",
	Guide:        "AWS ガイド",
	Runbook:      "ランブック",
	ReportIssue:  "この問題の内容を報告",
	ActorRecord:  "CloudTrail の記録",

	More: "… ほか {n} 件",
	Cut:  "… (以下省略)",
}

var japaneseReport = ReportWords{
	Title:        "カバー率 {percent}: {scope}",
	TitleChanged: "カバー率 {percent} ({change}): {scope}",
	TitleNothing: "対象リソースなし: {scope}",
	TitleUnread:  "カバレッジ不明: {scope}",
	Regions:      "{n} リージョン",
	More:         "+{points}",
	Less:         "−{points}",

	State:      "カバレッジレポート",
	Counted:    "{total} 件中 {n} 件が正常",
	OfKind:     "{kind} {percent} ({n}/{total})",
	AccountOne: "1 アカウント",
	Accounts:   "{n} アカウント",

	All:  "すべてのリソースがカバーされています。",
	None: "カバーされているリソースはありません。どのリソースでもランタイムの脅威は検出されません。",
	Empty: "GuardDuty の一覧には、クラスターもインスタンスもありません。リソースがある場合は、Runtime Monitoring が有効になっていること、" +
		"レポートが委任 GuardDuty 管理者アカウントで実行されていることを確認してください。",
	AllUnread:     "どのリージョンも読み取れなかったため、カバレッジは不明です。",
	PartlyOne:     "1 リージョンを読み取れませんでした。そのリソースは全部または一部が集計に含まれていません。",
	Partly:        "{n} リージョンを読み取れませんでした。そのリソースは全部または一部が集計に含まれていません。",
	Lost:          "前回のレポート ({time}) 以降に異常になったリソースがあります ({names})。",
	Regained:      "前回のレポート ({time}) 以降に回復したリソースがあります ({names})。",
	LostMany:      "前回のレポート ({time}) 以降に異常になったリソースが {n} 件あります。",
	RegainedMany:  "前回のレポート ({time}) 以降に回復したリソースが {n} 件あります。",
	AndMore:       "{names}、ほか {n} 件",
	Unchanged:     "前回のレポート ({time}) から変化はありません。",
	First:         "今回が最初のレポートです。",
	Healed:        "通知前に自動的に回復したリソースが {n} 件あります。",
	Differs:       "前回のレポートの対象リージョンは異なります ({regions})。",
	HowTo:         "手順は各リソースの通知にあります。`coverage explain` を使用すると、任意の問題の手順を表示できます。",
	OnlyUncovered: "正常なリソースは件数のみを示します。`coverage report --format csv` は、すべてのリソースを一覧表示します。",

	Percent: "{n}%",
	Point:   ".",

	ByCause:   "原因別の件数",
	Resources: "異常なリソース",
	Cause:     "原因",
	CauseOf:   "{cause} ({kind})",
	Unknown:   "不明な問題: {text}",
	Count:     "件数",
	Oldest:    "最長",
	Resource:  "リソース",
	Age:       "異常継続時間",
	Kind:      "種類",
	Account:   "アカウント",
	Region:    "リージョン",

	Trend: "カバー率の推移",
	Total: "全体",
	When:  "レポート",
	Day:   "1月2日 15:04",

	LossTime:        "過去 {days} 日間の異常継続時間は、全リソースの合計で {hours}です ({n} 件)。",
	RepairTime:      "回復までの時間は、半数が {median}以内、9 割が {most}以内です。",
	Hours:           "{n} 時間",
	LossesByAccount: "過去 {days} 日間の異常継続時間",
	LossesByKind:    "種類別の異常継続時間",
	LossesByCause:   "原因別の異常継続時間",
	LongestLosses:   "異常継続時間の上位",
	ShorterLosses:   "これより短い {n} 件 (合計 {hours}) は、表に含まれていません。",

	RunbookOf: "ランブック: {cause}",

	DeniedHeading:     "アクセス拒否: {regions}",
	NoDetectorHeading: "GuardDuty が無効: {regions}",
	OffHeading:        "Runtime Monitoring が無効: {regions}",
	FailedHeading:     "読み取りが未完了: {regions}",
	Denied:            "AWS がカバレッジの読み取りを拒否しました。このリージョンのリソースは集計に含まれていません。",
	NoDetector:        "このリージョンには GuardDuty のディテクターがないため、何もモニタリングされず、集計にも含まれていません。",
	Off:               "GuardDuty は有効ですが、Runtime Monitoring が無効のため、ランタイムのモニタリングも集計も行われていません。",
	Failed:            "カバレッジの読み取り中にエラーが発生しました。エラーの前に読み取ったリソースだけが集計に含まれています。",
	DeniedStep: "レポートのロールと組織のポリシーで `guardduty:ListDetectors`、`guardduty:ListCoverage`、`guardduty:GetCoverageStatistics` を" +
		"許可するか、リージョンをレポートの対象から外します。",
	NoDetectorStep: "GuardDuty と Runtime Monitoring を有効にするか、リージョンをレポートの対象から外します。ディテクターを一覧表示するには:",
	OffStep:        "リージョンの GuardDuty コンソールで Runtime Monitoring を有効にするか、リージョンをレポートの対象から外します。",
	FailedStep:     "次回のレポートで再確認してください。次回も読み取れない場合は、レポート関数のログでエラーを確認してください。",
}

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
	AccountsUnknown: "アカウント名を読み取れない",
	NoSuchUnit:      "ルートの組織単位 (OU) にアカウントがない",

	AccountsStep: "委任された管理者の GuardDuty コンソールの「アカウント」で、これらのアカウントの GuardDuty、ランタイムモニタリング、" +
		"エージェントを有効にしてください。",
	AutoEnableStep: "同じ画面で、GuardDuty、ランタイムモニタリング、エージェントの自動有効化をすべてのアカウントに設定してください。" +
		"`NEW` では、以前に参加したアカウントや、後からリージョンを有効にしたアカウントが対象になりません。",
	RegionsStep: "これらのリージョンで GuardDuty を有効にし、ほかのリージョンと同じ委任された管理者を指定してください。",
	AccessStep: "レポートを作成するロールと組織のポリシーで `guardduty:ListMembers`、`guardduty:GetMemberDetectors`、" +
		"`guardduty:DescribeOrganizationConfiguration`、`guardduty:GetOrganizationStatistics`、`ec2:DescribeRegions` を許可してください。",
	ReportStep: "レポートの対象外のリージョンを `ReportRegions` に追加するか、`all` を設定してください。",
	DirectoryStep: "アカウント名には、管理アカウントまたは委任された管理者のアカウントで `organizations:ListAccounts` が、タグを使うルールには " +
		"`organizations:ListTagsForResource` が必要です。不要な場合は `AccountDirectory` を `off` に設定してください。",
	UnitStep: "`Routes` の組織単位 (OU) の指定を修正してください。これらのルールに一致するアカウントはありません。",
	Page:     "AWS Organizations による GuardDuty アカウントの管理",
}

var japaneseHeartbeat = HeartbeatWords{
	TestTitle: "テストメッセージ: カバレッジの変化ではありません",
	Doctor:    "coverage doctor --send が送信したテストです。この宛先は通知を受信できます。対処は不要です。",
	SelfTest: "{region} から送信されたセルフテストです。GuardDuty のカバレッジイベントと同じルールと関数を経由して届きました。" +
		"この宛先は通知を受信できます。対処は不要です。",
	Account: "アカウント",
	Region:  "リージョン",
	Sent:    "送信日時",
	ID:      "テスト ID",

	Missing: "{regions} からハートビートが届いていません。",
	Heading: "ハートビートなし: {regions}",
	Text: "各リージョンは、GuardDuty のイベントと同じルールを通じて、1 時間ごとにハートビートを通知機能に送信します。" +
		"ハートビートが届かない間は、カバレッジイベントも届かない可能性があります。変化は引き続きレポートで検出されます。",
	Step: "これらのリージョンでフォワーダーのスタック (通知機能自身のリージョンではそのスタック) を確認するか、再度デプロイしてください。" +
		"その後、`make selftest` で確認してください。",
	Last:  "{region}: 最終受信 {time}",
	Never: "{region}: 受信なし",

	EventlessOne:     "1 アカウントの変化はレポートでのみ検出されています。",
	Eventless:        "{n} アカウントの変化はレポートでのみ検出されています。",
	EventlessHeading: "レポートでのみ検出された変化",
	EventlessText: "これらのアカウントの最近の変化はレポートで検出され、イベントでは検出されていません。" +
		"カバレッジイベントが届いていない可能性があります。これらのアカウントの通知は遅れます。",
	EventlessStep: "`make deploy-forwarders` でこれらのアカウントにフォワーダーをデプロイするか、" +
		"デプロイ済みのフォワーダーのキューとアラームを確認してください。",
}

var japaneseInventory = InventoryWords{
	MissingOne: "GuardDuty の対象にできる 1 リソースが一覧にありません。",
	Missing:    "GuardDuty の対象にできる {n} リソースが一覧にありません。",

	Heading:        "実在するリソース: {scope}",
	OfAccount:      "アカウント {account}",
	OfOrganization: "組織全体 (AWS Config による)",
	Kind:           "種類",
	Exists:         "実在",
	Coverable:      "対象にできる",
	Listed:         "一覧",
	Covered:        "カバー済み",
	Account:        "アカウント",
	Region:         "リージョン",
	What:           "内容",
	Number:         "数",
	Where:          "場所",
	Why:            "理由",
	NotKnown:       "不明",
	Every:          "すべて",
	Unrecorded: "{kind}: {n} アカウントでは AWS Config に記録がありません。リソースが存在しないか、この種類が記録されて" +
		"いません。",
	Contradicted: "そのうち {n} アカウントでは GuardDuty の一覧にあるため、記録されていません。",

	NotListed: "GuardDuty の一覧にないリソース",
	NotListedText: "GuardDuty の対象にできますが、一覧にありません。Runtime Monitoring が無効か、エージェントから一度も報告がないか、" +
		"起動したばかりです。",
	Apart:     "対象に数えないリソース",
	Uncounted: "数えられなかったもの",
	UncountedStep: "リージョン名とアグリゲータ名を確認し、レポートを作成するロールに `Inventory` に必要なアクションを" +
		"許可してください。",
	AsOf: "{time} 時点: {detail}",

	Windows:          "Windows インスタンス (対象外)",
	ManagedInstances: "ECS マネージドインスタンス (対象外)",
	FargatePods:      "Fargate でポッドを実行する EKS クラスター (ポッドは対象外)",
	HybridNodes:      "ハイブリッドノードがある EKS クラスター (ノードは対象外)",
	OnOutpost:        "Outposts 上の EKS クラスター (対象外)",
	Nodes:            "EKS クラスターのノード (クラスターとして数える)",
	Idle:             "何も実行していない ECS クラスター",
}
