/** The list of orchestration instances. */
export const orchestrationsSection = `<section id="orchestrations-section" aria-labelledby="orchestrations-title" hidden>
<h2 id="orchestrations-title" tabindex="-1">Orchestrations</h2>
<div class="filters">
<div id="states" role="group" aria-label="State"></div>
<label>Orchestrator <input id="by-name" type="search" autocomplete="off" spellcheck="false"></label>
<label>Id begins with <input id="by-id" type="search" autocomplete="off" spellcheck="false"></label>
</div>
<p id="orchestrations-fault" class="bad" role="alert"></p>
<p id="orchestrations-none" class="soft" hidden>No such instance.</p>
<div id="orchestrations-scroll" class="scroll" tabindex="0" role="region" aria-labelledby="orchestrations-title">
<table>
<thead><tr><th scope="col">Instance</th><th scope="col">Orchestrator</th><th scope="col">State</th><th scope="col">Started</th><th scope="col" class="number">Took</th><th scope="col">Says</th></tr></thead>
<tbody id="orchestrations"></tbody>
</table>
</div>
<p id="pages" hidden><button id="newer" type="button">Newer</button> <button id="older" type="button">Older</button></p>
</section>`

/** One orchestration instance, in place of everything else. */
export const instanceView = `<main id="instance" hidden>
<p><a href="#">← All functions and orchestrations</a></p>
<header><h2 id="instance-id" tabindex="-1"></h2><span id="instance-state" role="status"></span></header>
<p id="instance-fault" class="bad" role="alert"></p>
<div id="instance-body">
<p id="actions" class="actions"></p>
<dl>
<div><dt>Orchestrator</dt><dd id="instance-name">–</dd></div>
<div><dt>Parent</dt><dd id="instance-parent">–</dd></div>
<div><dt>Started</dt><dd id="instance-started">–</dd></div>
<div><dt>Duration</dt><dd id="instance-took">–</dd></div>
<div><dt>Events in its history</dt><dd id="instance-events">–</dd></div>
</dl>
<p id="instance-failure" class="callout" hidden></p>
<section aria-labelledby="timeline-title">
<h3 id="timeline-title">Timeline</h3>
<p id="timeline-none" class="soft">It has done nothing yet.</p>
<div id="scale" aria-hidden="true"></div>
<ol id="timeline"></ol>
</section>
<section id="instance-output-part" hidden><h3 id="instance-output-title">Output</h3><pre id="instance-output" tabindex="0"></pre></section>
<section id="instance-custom-part" hidden><h3>Custom status</h3><pre id="instance-custom" tabindex="0"></pre></section>
<section id="instance-input-part" hidden><h3>Input</h3><pre id="instance-input" tabindex="0"></pre></section>
</div>
</main>
<dialog id="dialog" aria-labelledby="dialog-title">
<h2 id="dialog-title"></h2>
<p id="dialog-text"></p>
<p id="dialog-event-part"><label>Event <input id="event-name" autocomplete="off" spellcheck="false"></label>
<label>Data, as JSON or text <input id="event-data" autocomplete="off" spellcheck="false"></label></p>
<p id="dialog-reason-part"><label>Reason <input id="dialog-reason" autocomplete="off"></label></p>
<p id="dialog-fault" class="bad" role="alert"></p>
<p class="actions"><button id="dialog-do" type="button"></button> <button id="dialog-cancel" type="button">Cancel</button></p>
</dialog>`
