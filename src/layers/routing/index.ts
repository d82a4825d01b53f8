/** Routers among themselves: routes, neighbours, groups, standby. */
export {}
