/** Messages of machines: brokers, sensors, controllers. */
export * from './mqtt.js'
export * from './coap.js'
export * from './modbus.js'
