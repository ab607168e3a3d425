package dev.sluice.core.notify;

/**
 * A mail.
 *
 * @param subject without the router's name, which stands before it in brackets
 * @param body sentences, lines ended by newline
 */
record Alert(String subject, String body) {}
