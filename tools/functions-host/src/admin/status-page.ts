import { createHash } from 'node:crypto'

import { instanceScript } from './instance-script.ts'
import { instanceStyle } from './instance-style.ts'
import { instanceView, orchestrationsSection } from './instance-view.ts'
import { orchestrationsScript } from './orchestrations-script.ts'
import { pageHelpers } from './page-helpers.ts'
import { pageScript } from './page-script.ts'
import { pageStyle } from './page-style.ts'
import { timelineScript } from './timeline-script.ts'

const style = pageStyle + instanceStyle
const script = [pageHelpers, orchestrationsScript, timelineScript, instanceScript, pageScript].join('')

/** The page that shows what an app's functions and orchestrations do. It needs nothing but itself and answers of its own host. */
export const statusPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Functions</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<header>
<h1 id="app">Functions</h1>
<p id="state" role="status">Asking…</p>
</header>
<main id="overview">
<dl id="totals">
<div><dt>Invocations</dt><dd id="invocations">–</dd></div>
<div><dt>Per second</dt><dd id="rate">–</dd></div>
<div><dt>Running</dt><dd id="running">–</dd></div>
<div><dt>Failures</dt><dd id="failures">–</dd></div>
</dl>
<section aria-labelledby="functions-title">
<h2 id="functions-title">Functions</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="functions-title">
<table>
<thead><tr><th scope="col">Function</th><th scope="col">Trigger</th><th scope="col" class="number">Invocations</th><th scope="col" class="number">Per second</th><th scope="col" class="number"><abbr title="Half of the runs of the last minutes were quicker">p50</abbr></th><th scope="col" class="number"><abbr title="95 % of the runs of the last minutes were quicker">p95</abbr></th><th scope="col" class="number">Running</th><th scope="col" class="number">Failures</th></tr></thead>
<tbody id="functions"></tbody>
</table>
</div>
</section>
${orchestrationsSection}
<section id="queues-section" aria-labelledby="queues-title" hidden>
<h2 id="queues-title">Queues</h2>
<div class="scroll" tabindex="0" role="region" aria-labelledby="queues-title">
<table>
<thead><tr><th scope="col">Queue</th><th scope="col">Function</th><th scope="col" class="number">Waiting</th><th scope="col" class="number">Poison</th></tr></thead>
<tbody id="queues"></tbody>
</table>
</div>
</section>
<section aria-labelledby="workers-title">
<h2 id="workers-title">Instances of the app <small id="workers-range" class="soft"></small></h2>
<p id="workers-none" class="soft" hidden>None: the next request or message starts one.</p>
<div id="workers-scroll" class="scroll" tabindex="0" role="region" aria-labelledby="workers-title">
<table>
<thead><tr><th scope="col">Instance</th><th scope="col">State</th><th scope="col">Process</th><th scope="col" class="number">Running</th><th scope="col" class="number">Invocations</th><th scope="col" class="number"><abbr title="Time that the last start of its worker took">Cold start</abbr></th><th scope="col" class="number">Memory</th></tr></thead>
<tbody id="workers"></tbody>
</table>
</div>
</section>
<section id="faults-section" aria-labelledby="faults-title" hidden>
<h2 id="faults-title">Last failures</h2>
<ul id="faults"></ul>
</section>
</main>
${instanceView}
<script>${script}</script>
</body>
</html>
`

/** What the page may load: its own style and script, and answers of its own host. No other page may frame it. */
export const statusPagePolicy = [
  `default-src 'none'`,
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  `img-src data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
