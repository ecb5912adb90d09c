/** To be imported first: TensorFlow reads this once, when it loads. */
process.env.HEED_XLA = "1";
