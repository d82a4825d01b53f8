/** How the page looks: light or dark as the browser says, on a desk or on a phone. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #e9eaee; --sheet: #fbfbfc; --bar: #f0f0f3; --ink: #1d1f24; --faint: #5b606b;
  --line: #7c828e; --hair: #d3d6dc; --field: #ffffff; --push: #f3f3f6; --pushed: #dcdee4;
  --mark: #1f5fbf; --on-mark: #ffffff; --warn: #8a4b00; --warn-ground: #fff4e2;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #17181b; --sheet: #26282d; --bar: #2e3036; --ink: #eceef2; --faint: #a9afbb;
    --line: #858c99; --hair: #3b3e46; --field: #1c1e22; --push: #363941; --pushed: #4a4e58;
    --mark: #7fb0ff; --on-mark: #0c1a30; --warn: #ffc983; --warn-ground: #3a2c17;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, 'DejaVu Sans', sans-serif; }
body { margin: 0; padding: clamp(0.5rem, 3vw, 2.5rem); display: flex; flex-direction: column; align-items: center; gap: 1rem; }
main { width: 100%; display: flex; flex-direction: column; align-items: center; gap: 1rem; }
main.closed { opacity: 0.5; }
:focus-visible { outline: 2px solid var(--mark); outline-offset: 2px; }
button, input, select, textarea { font: inherit; color: inherit; }

.window {
  width: fit-content; min-width: min(100%, 22rem); max-width: min(100%, 64rem); background: var(--sheet); border: 1px solid var(--hair);
  border-radius: 12px; box-shadow: 0 8px 28px rgb(0 0 0 / 14%); overflow: hidden;
}
.window > header { display: flex; align-items: center; gap: 0.5rem; background: var(--bar); border-bottom: 1px solid var(--hair); padding: 0.4rem 0.5rem; }
.window h1 { flex: 1; margin: 0; padding-left: 2rem; font-size: 1rem; font-weight: 600; text-align: center; overflow-wrap: anywhere; }
.close { width: 2rem; height: 2rem; border: 0; border-radius: 50%; background: transparent; font-size: 1.2rem; line-height: 1; cursor: pointer; }
.close:hover { background: var(--pushed); }
.window > .inside { padding: 1rem; max-height: none; overflow-x: auto; }

.box { display: flex; min-width: 0; }
.box.vertical { flex-direction: column; }
.box.horizontal { flex-direction: row; flex-wrap: wrap; align-items: center; }
.box > .expand { flex: 1 1 auto; }
.box.homogeneous > * { flex: 1 1 0; }
.box.horizontal > .from-end { margin-inline-start: auto; }
.box.vertical > .from-end { margin-block-start: auto; }
.grid { display: grid; align-items: center; min-width: 0; }
.grid > *, .box > * { min-width: 0; }

.label { white-space: pre-wrap; overflow-wrap: anywhere; }
.label:empty::before { content: '\\200b'; }
.field {
  min-width: 0; min-height: 2.25rem; padding: 0.3rem 0.6rem; background: var(--field); border: 1px solid var(--line); border-radius: 6px; max-width: 100%;
}
input.field { width: 14rem; }
.vertical > input.field, .vertical > select.field, .grid > input.field, .grid > select.field { width: auto; }
input[type='number'].field { width: 7rem; }
.vertical > input[type='number'].field, .grid > input[type='number'].field { width: auto; }
.field::placeholder { color: var(--faint); opacity: 1; }
.field:read-only:not(select) { background: var(--bar); }
textarea.field { width: 100%; min-height: 6rem; resize: vertical; }
.button {
  min-height: 2.25rem; padding: 0.3rem 1rem; background: var(--push); border: 1px solid var(--line); border-radius: 6px; cursor: pointer;
  overflow-wrap: anywhere;
}
.button:hover { background: var(--pushed); }
.button:active, .button[aria-pressed='true'] { background: var(--mark); border-color: var(--mark); color: var(--on-mark); }
.button.suggested { background: var(--mark); border-color: var(--mark); color: var(--on-mark); }
:disabled, .insensitive { opacity: 0.5; cursor: not-allowed; }

input[type='checkbox'], input[type='radio'], input[type='range'], progress { accent-color: var(--mark); }
.check { display: inline-flex; align-items: center; gap: 0.5rem; min-height: 2rem; cursor: pointer; }
.check > input { width: 1.1rem; height: 1.1rem; flex: none; margin: 0; }
input[role='switch'] {
  appearance: none; width: 2.75rem; height: 1.5rem; margin: 0; border: 1px solid var(--line); border-radius: 1rem; background: var(--pushed);
  cursor: pointer; position: relative; justify-self: start; align-self: start; flex: none;
}
input[role='switch']::after {
  content: ''; position: absolute; top: 2px; left: 2px; width: 1.1rem; height: 1.1rem; border-radius: 50%; background: var(--ink);
}
input[role='switch']:checked { background: var(--mark); border-color: var(--mark); }
input[role='switch']:checked::after { left: auto; right: 2px; background: var(--on-mark); }
.scale, .progress { display: flex; align-items: center; gap: 0.6rem; min-width: 8rem; }
.scale > input, .progress > progress { flex: 1; min-width: 4rem; }
.scale .shown { min-width: 2.5rem; text-align: end; font-variant-numeric: tabular-nums; }
.progress > progress { height: 0.8rem; }
.progress > .words:empty { display: none; }
.progress > .words { color: var(--faint); }

.list { border: 1px solid var(--hair); border-radius: 6px; background: var(--field); overflow: auto; max-height: 18rem; min-width: 12rem; }
.list table { width: 100%; border-collapse: collapse; }
.list th { position: sticky; top: 0; text-align: start; font-weight: 600; background: var(--bar); color: var(--faint); }
.list th, .list td { padding: 0.35rem 0.7rem; white-space: pre-wrap; overflow-wrap: anywhere; }
.list tbody tr { cursor: default; }
.list tbody tr:hover { background: var(--push); }
.list tbody tr[aria-selected='true'] { background: var(--mark); color: var(--on-mark); }
.list tr:focus-visible { outline-offset: -3px; }
.list tr[aria-selected='true']:focus-visible { outline-color: var(--on-mark); }

fieldset { margin: 0; min-width: 0; border: 1px solid var(--hair); border-radius: 8px; padding: 0.6rem 0.9rem 0.8rem; }
legend { padding: 0 0.3rem; font-weight: 600; }
summary { cursor: pointer; padding: 0.3rem 0; }
hr { width: 100%; margin: 0.2rem 0; border: 0; border-top: 1px solid var(--hair); }
hr.vertical { width: 0; height: auto; align-self: stretch; margin: 0 0.2rem; border-top: 0; border-left: 1px solid var(--hair); }
.image { display: inline-flex; align-items: center; justify-content: center; min-height: 3rem; padding: 0.5rem 1rem; border: 1px dashed var(--line); border-radius: 6px; color: var(--faint); }
.tabs { display: flex; flex-wrap: wrap; gap: 0.2rem; border-bottom: 1px solid var(--hair); }
.tab { min-height: 2.25rem; padding: 0.3rem 0.9rem; background: transparent; border: 0; border-bottom: 3px solid transparent; cursor: pointer; }
.tab[aria-selected='true'] { border-bottom-color: var(--mark); font-weight: 600; }
.panel { padding: 0.8rem 0; }
.unknown { border: 1px dashed var(--warn); border-radius: 6px; padding: 0.5rem 0.8rem; }
.unknown > p { margin: 0; color: var(--warn); }
.unknown > .inside:empty { display: none; }

.status { margin: 0; color: var(--faint); }
.notes { width: min(100%, 40rem); padding: 0.7rem 1rem; background: var(--warn-ground); border: 1px solid var(--warn); border-radius: 8px; }
.notes ul { margin: 0 0 0.6rem; padding: 0; list-style: none; max-height: 12rem; overflow: auto; }
.notes li { white-space: pre-wrap; overflow-wrap: anywhere; color: var(--warn); }
.spoken { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media (max-width: 34rem) {
  body { padding: 0.5rem; }
  .window { width: 100%; }
  .box.horizontal > input.field, .box.horizontal > select.field { flex: 1 1 12rem; width: auto; }
  .button, .field { min-height: 2.75rem; }
}
`
