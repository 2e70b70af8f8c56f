import { endServices } from './services';

export default function globalTeardown(): Promise<void> {
  return endServices();
}
