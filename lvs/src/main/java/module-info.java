/** LVS without a kernel: services, real servers, schedulers, and the contract of a plane. */
module dev.sluice.lvs {
  requires transitive dev.sluice.config;
  requires static transitive org.jspecify;

  exports dev.sluice.lvs;
  exports dev.sluice.lvs.pool;
  exports dev.sluice.lvs.scheduler;
}
