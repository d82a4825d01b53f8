/** The web and what secures it. */
export {}
