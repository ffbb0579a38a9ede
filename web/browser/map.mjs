// The map of the product: what each post looks at. Names in braces are things that prepare.mjs makes, all on the chain of
// the demo accounts. A page that is not refused answers 200.
const nowhere = '/issues/00000000-0000-7000-8000-000000000000';

export const map = [
  { login: null, pages: ['/sign-in', '/sign-in?login=bithu'] },
  { login: 'admin', pages: ['/', '/administration', '/audit', '/audit?action=assignment.assign', '/accounts?state=none', '{account}', '/places', '{place}', '{place}/assignments', '{place}/assign', '{place}/assign?cadre={cadre id}', '{assignment}/end', '{assignment}/void', '/cadres', '/cadres/new', '{cadre}', '{cadre}/edit', '{cadre}/disable', '/coverage', '/coverage?kind=accounts', '/coverage?kind=groups&on=2020-01-01', '/coverage?kind=idle', '{place}?on=2020-03-01', '/places?on=2021-03-01', '{place}/assignments?on=2199-01-01', '{place}?on=1901-01-01', '/calendar', '/calendar/hours', '/calendar/deadlines', '/search?q=chau+hung', '/reorganisations', '/reorganisations/new', '{plan}', '{plan}/edit', '{plan}/list', '{plan}/add?kind=merge', '{plan}/add?kind=split', '{plan}/add?kind=open', '{place}/add'] },
  { login: 'tinhuy', pages: ['/', '{cadre}', '/review', '/coverage', '{place}'], refused: { [nowhere]: 404 } },
  { login: 'huyenuy', pages: ['/', '/reports', '{issue}', '{issue}/moves/pull_up'] },
  { login: 'tieuvung1', pages: ['/', '/review', '/review?desk=1&age=7-30', '/review/many?do=escalate&issue={taken id}', '/review/many?do=pull_up&issue={taken id}', '/review/figures', '/review/figures/issues?what=resolve', '/issues', '/reports/new', '{report}', '{report}/changes', '{report}/moves/return', '/reports?state=mine'] },
  { login: 'huyenuyvien', pages: ['/', '{report}', '/issues/new', '{issue}/moves/comment'], refused: { '/review': 403 } },
  { login: 'bithu', pages: ['/', '/reports/owed', '/reports/talk', '/reports/filters', '/reports/filters?query=kind%3Dflash', '{place}/households', '/review', '{taken}', '{taken}/moves/start', '{taken}/moves/escalate', '{taken}/moves/merge', '/notices', '/meetings', '/meetings/new', '/meetings/conclusions', '/meetings/pick?issue={taken id}', '{meeting}', '{meeting}/edit', '{meeting}/conclusions', '{meeting}/print'] },
  { login: 'dangvien', pages: ['/', '{household}/access', '/issues?q=c%E1%BB%91ng', '{issue}'] },
  { login: 'cbtinh', pages: ['/', '/reports/new', '/reports', '/search?q=b%C3%A1o'] },
  { login: 'cbhuyen', pages: ['/', '/reports/new', '/reports/drafts', '{draft}', '{report}/edit', '{report}/moves/withdraw', '{report}/print', '/issues/new?report={report id}'], refused: { '/coverage': 403 } },
  { login: 'cbxa', pages: ['/', '/issues/new', '{place}', '{group}/households', '{group}/households/new', '{household}', '{household}/edit', '{household}/class', '{household}/class-end', '{household}/move', '{household}/close', '/search', '/account', '/account/mail', '/account/password'] },
  { login: 'admin', pages: ['{place}/assign-many', '{place}/assign-many?what=commune_supporter@group', '{cadre}/assign', '/agencies', '/agencies?q=dien+luc', '/agencies/new', '{agency}', '/posts', '/posts/new', '/posts/5/edit', '/posts/5/retire', '/imports', '/imports/new?kind=assignments', '{import}', '{import}?verdict=error', '/handovers', '{assignment}/decision'] },
];

// What is laid before others on paper.
export const printed = [
  { login: 'tieuvung1', pages: ['/review', '{issue}', '{report}', '{report}/print'] },
];
