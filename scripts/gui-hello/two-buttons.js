// biome-ignore-all lint/correctness/noUnusedVariables: the interface calls them by name
/* Runs in a sandbox of the browser: ui has the widgets by their ids, app what is behind them. */

async function on_hello_clicked(ui, app) {
  ui.answer.text = await app.call('hello', ui.name.text)
}

async function on_bye_clicked(ui, app) {
  ui.answer.text = await app.call('bye', ui.name.text)
}

/* What the server tells all its users: whom it has answered last. */
function on_server_last(ui, _app, value) {
  ui.last.text = `Last: ${value}`
}

function on_window_delete_event(_ui, app) {
  app.quit()
}
