/** The pages of the file server. */
export { errorPage } from './error-page.js'
export { type Listing, listingJson, listingPage } from './listing.js'
export { listingOrder, type ListingEntry, type ListingOrder } from './order.js'
export { escapeHtml, page, pagePolicy } from './page.js'
