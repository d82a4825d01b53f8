// biome-ignore-all lint/correctness/noUnusedVariables: the interface calls them by name
/* Runs in a sandbox of the browser: ui has the widgets by their ids, app what is behind them. */

async function on_hello_clicked(ui, app) {
  ui.answer.text = await app.call('hello', ui.name.text)
}

function on_window_delete_event(_ui, app) {
  app.quit()
}
