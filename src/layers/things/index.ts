/** Messages of machines: brokers, sensors, controllers. */
export {}
