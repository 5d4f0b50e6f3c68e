/**
 * The floor under the API: Nest on Express with TypeORM, and nothing else. Services with their servers in two tables, read by
 * TypeORM's own `find` and written by its `save`: no status, no history, no documents, no credential, no checks.
 */
import 'reflect-metadata';
import { Body, Controller, Get, Inject, Module, Param, Patch, Post, Query } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Column,
  CreateDateColumn,
  DataSource,
  Entity,
  Index,
  JoinColumn,
  ManyToOne,
  OneToMany,
  PrimaryGeneratedColumn,
  type Relation,
} from 'typeorm';

@Entity('floor_service')
@Index(['createdAt', 'id'])
class FloorService {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Column('text')
  name: string;

  @Column('inet')
  address: string;

  @Column('integer')
  port: number;

  @Column('jsonb')
  tags: Record<string, string>;

  @CreateDateColumn({ type: 'timestamptz' })
  createdAt: Date;

  @OneToMany(() => FloorServer, (server) => server.service, { cascade: true })
  realServers: FloorServer[];
}

@Entity('floor_server')
class FloorServer {
  @PrimaryGeneratedColumn('uuid')
  id: string;

  @Index()
  @ManyToOne(() => FloorService, (service) => service.realServers, { onDelete: 'CASCADE' })
  @JoinColumn()
  service: Relation<FloorService>;

  @Column('inet')
  address: string;

  @Column('integer')
  weight: number;
}

@Controller('/v1/virtual-services')
class FloorController {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  @Get()
  async list(@Query('skip') skip = '0'): Promise<object> {
    const items = await this.dataSource.manager.find(FloorService, {
      relations: { realServers: true },
      order: { createdAt: 'ASC', id: 'ASC' },
      skip: Number(skip),
      take: 50,
    });
    return { items };
  }

  @Get(':id')
  one(@Param('id') id: string): Promise<FloorService> {
    return this.dataSource.manager.findOneOrFail(FloorService, {
      where: { id },
      relations: { realServers: true },
    });
  }

  @Post()
  create(@Body() body: Partial<FloorService>): Promise<FloorService> {
    return this.dataSource.manager.save(FloorService, body);
  }

  @Patch(':id')
  async patch(@Param('id') id: string, @Body() body: Partial<FloorService>): Promise<FloorService> {
    return this.dataSource.manager.save(FloorService, { ...(await this.one(id)), ...body });
  }
}

const [databaseUrl = '', port = ''] = process.argv.slice(2);
const dataSource = await new DataSource({
  type: 'postgres',
  url: databaseUrl,
  entities: [FloorService, FloorServer],
  synchronize: true,
  uuidExtension: 'pgcrypto',
  installExtensions: false,
}).initialize();

@Module({
  controllers: [FloorController],
  providers: [{ provide: DataSource, useValue: dataSource }],
})
class FloorModule {}

const application = await NestFactory.create(FloorModule, { logger: ['error'] });
await application.listen(Number(port), '127.0.0.1');
